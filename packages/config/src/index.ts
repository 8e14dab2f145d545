/// <reference types="node" preserve="true" />
export type { Arg, ArgOptions, Args } from './args/arg.js'
export type { ArgValues } from './args/define-args.js'
export * from './builders.js'
export type { Command, PlatformCommand } from './command.js'
export type { CustomBuildContext, CustomBuildFunction, CustomBuildOptions } from './custom-build.js'
export type { DcResourceOptions } from './dc-resource.js'
export type { ConfigContext, ConfigFunction, Session } from './define-config.js'
export type { DockerBuildOptions } from './docker-build.js'
export type { ComposeProject, DockerComposeOptions } from './docker-compose.js'
export type { DockerPruneSettings } from './docker-prune-settings.js'
export type { DotenvOptions } from './dotenv.js'
export type { Duration, Unit } from './duration.js'
export type { Dependency, Edge } from './edges.js'
export type { ExecOptions, ExecResult } from './exec.js'
export { type Builders, from } from './from.js'
export type { ComposeHandle, Handle, ImageHandle, ResourceHandle } from './handle.js'
export type { HelmOptions, KustomizeOptions } from './helm.js'
export type { ImageOptions } from './image/image-options.js'
export type { K8sCustomDeployOptions } from './k8s-custom-deploy.js'
export type { K8sForwardOptions } from './k8s-forward.js'
export type { K8sImageJsonPathOptions, K8sKindOptions } from './k8s-kind.js'
export type { K8sObjectsOptions, K8sResourceOptions, WorkloadId } from './k8s-resource.js'
export type {
  K8sYamlOptions,
  KubernetesMetadata,
  KubernetesObject,
  Yaml,
  YamlSelector,
  YamlSource,
} from './k8s-yaml.js'
export type { KubernetesKinds } from './kubernetes/kinds/index.js'
export type { TypedObject } from './kubernetes/typed-object.js'
export type {
  AnyStep,
  FallBackOn,
  InitialSync,
  LiveUpdate,
  Ordered,
  Restart,
  RestartProcessOptions,
  Run,
  RunOptions,
  Step,
  Steps,
  Sync,
  SyncOptions,
} from './live-update.js'
export type { LocalResourceOptions } from './local-resource.js'
export type { ApiObjects } from './objects/api-objects.js'
export type {
  ButtonContext,
  ButtonFunction,
  ButtonOptions,
  CmdButtonOptions,
  IconName,
} from './objects/buttons.js'
export type { ExtensionRepo } from './objects/extensions.js'
export type { BoolInputOptions, Input, InputValues, TextInputOptions } from './objects/inputs.js'
export type {
  ButtonLocation,
  CmdObjectSpec,
  CommandFields,
  ConfigMapSpec,
  ExtensionRepoSpec,
  ExtensionSpec,
  FileWatchObjectSpec,
  KubernetesApplySpec,
  KubernetesDiscoverySpec,
  LabelsSelector,
  ObjectOptions,
  PortForwardObjectSpec,
  ToggleButtonObjectSpec,
  UIButtonObjectSpec,
} from './objects/specs.js'
export type { PortForward, PortForwardLike, PortForwardOptions } from './port-forward.js'
export type { HttpProbeOptions, Probe, Probes, TcpProbeOptions, Timing } from './probes.js'
export type { ListDirOptions } from './reading.js'
export type { RegistryOptions } from './registry.js'
export type { Link, ResourceOptions, TriggerMode } from './resource-options.js'
export type { ResourceName, ResourceNames, ResourceRef, RunTimeNames } from './resource-ref.js'
export type {
  CiSettings,
  SecretSettings,
  UpdateSettings,
  VersionSettings,
  WatchSettings,
} from './settings.js'
export type { StepContext, StepFunction } from './step-function.js'
export type { Env, Falsy, OneOrMany } from './values.js'
