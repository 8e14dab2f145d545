export { arg } from './args/arg.js'
export { defineArgs } from './args/define-args.js'
export { customBuild } from './custom-build.js'
export { dcResource } from './dc-resource.js'
export { defineConfig } from './define-config.js'
export { dockerBuild } from './docker-build.js'
export { dockerCompose } from './docker-compose.js'
export { dockerPruneSettings } from './docker-prune-settings.js'
export { dotenv } from './dotenv.js'
export { duration } from './duration.js'
export { after, ready, rerun } from './edges.js'
export {
  decodeJson,
  decodeYaml,
  decodeYamlStream,
  encodeJson,
  encodeYaml,
  encodeYamlStream,
} from './encoding.js'
export { env } from './env.js'
export { exec } from './exec.js'
export { helm, kustomize } from './helm.js'
export { inNamespace } from './in-namespace.js'
export { include } from './include.js'
export { allowK8sContexts, k8sContext, k8sNamespace } from './k8s-context.js'
export { k8sCustomDeploy } from './k8s-custom-deploy.js'
export { k8sForward } from './k8s-forward.js'
export { k8sImageJsonPath, k8sKind } from './k8s-kind.js'
export { k8sResource, workloadToResourceFunction } from './k8s-resource.js'
export { filterYaml, k8sYaml, renderYaml } from './k8s-yaml.js'
export { fallBackOn, initialSync, liveUpdate, restartContainer, restartProcess, run, sync } from './live-update.js'
export { localResource } from './local-resource.js'
export { fail, warn } from './messages.js'
export { v1alpha1 } from './objects/api-objects.js'
export { cmdButton } from './objects/buttons.js'
export { boolInput, choiceInput, hiddenInput, textInput } from './objects/inputs.js'
export { portForward } from './port-forward.js'
export { probe } from './probes.js'
export { listDir, readFile, readJson, readYaml, readYamlStream, watchFile } from './reading.js'
export { defaultRegistry } from './registry.js'
export { link } from './resource-options.js'
export { resource } from './resource-ref.js'
export { secret } from './secret.js'
export { clearEnabledResources, setEnabledResources } from './selection.js'
export { session } from './session.js'
export {
  ciSettings,
  secretSettings,
  triggerMode,
  updateSettings,
  versionSettings,
  watchSettings,
} from './settings.js'
export { yaml } from './yaml-template.js'
