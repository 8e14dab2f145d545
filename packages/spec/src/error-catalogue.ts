/**
 * Every code tiltts can show, sorted: `title` names the problem in one line, `hint` says what to do in general (a diagnostic's
 * own hint is more exact). Codes are permanent; the reference page is made from this table.
 */
export const errorCatalogue = {
  'args/duplicate': { title: 'An argument is defined twice', hint: 'Rename one of the two.' },
  'args/invalid-value': {
    title: 'An argument has a value it cannot take',
    hint: 'See the expected form in the message.',
  },
  'args/unknown': {
    title: 'An argument that no defineArgs call names',
    hint: 'Check the spelling, or define it with defineArgs.',
  },
  'compose/failed': {
    title: 'Docker Compose could not do what was asked',
    hint: 'Read its output.',
  },
  'compose/invalid': {
    title: 'A compose file cannot be used',
    hint: 'Mend the compose file at the place shown.',
  },
  'compose/missing': {
    title: 'Docker Compose is not there, or too old',
    hint: 'Install Docker Compose 2, or name it with TILT_DOCKER_COMPOSE_CMD.',
  },
  'compose/unknown-service': {
    title: 'A service that no compose file has',
    hint: 'Check the spelling, or the profiles.',
  },
  'config/blocked': {
    title: 'The config blocked its event loop',
    hint: 'Look for an endless or very long synchronous loop.',
  },
  'config/canceled': { title: 'The evaluation was stopped', hint: 'Change a file of the config to start it again.' },
  'config/circular-include': {
    title: 'A file includes itself',
    hint: 'Break the circle: move what both need into a third file.',
  },
  'config/context-not-allowed': {
    title: 'The Kubernetes context may be production',
    hint: "Allow it by name: allowK8sContexts('<context>').",
  },
  'config/dependency-cycle': { title: 'Resources wait for each other', hint: 'Remove one of the edges shown.' },
  'config/died': { title: 'The config ended its own process', hint: 'Look for what kills or crashes the process.' },
  'config/duplicate-image': {
    title: 'An image is declared twice',
    hint: 'Keep one of the two, or give them different tags.',
  },
  'config/duplicate-object': {
    title: 'An object is declared twice',
    hint: 'Remove or rename one of the two; for objects of Kubernetes, allowDuplicates: true keeps both.',
  },
  'config/duplicate-resource': { title: 'Two resources have one name', hint: 'Rename one of the two.' },
  'config/exec-failed': { title: 'A command run by the config failed', hint: 'Read its output above.' },
  'config/failed': { title: 'The config called fail()', hint: 'Read its message.' },
  'config/image-cycle': {
    title: 'Images are built upon each other',
    hint: 'Remove one of the FROM or COPY --from lines.',
  },
  'config/import-failed': {
    title: 'A module could not be imported',
    hint: 'Check the path, or install the package.',
  },
  'config/include-failed': { title: 'An included file could not be loaded', hint: 'Check the path.' },
  'config/invalid-dockerfile': {
    title: 'A Dockerfile that cannot be read',
    hint: 'Mend it at the place shown.',
  },
  'config/invalid-image': {
    title: 'A text that is no name of an image',
    hint: 'Write: registry/name:tag, in lower case.',
  },
  'config/invalid-manifest': {
    title: 'A manifest cannot be used',
    hint: 'Mend it at the place shown.',
  },
  'config/invalid-name': {
    title: 'A name that cannot be used',
    hint: 'Names are not empty, hold no / and no %, and are not . or ..',
  },
  'config/invalid-option': {
    title: 'An option has a value it cannot take',
    hint: 'See the expected form in the message.',
  },
  'config/live-update': {
    title: 'A live update that cannot work',
    hint: 'See the message.',
  },
  'config/never-settles': {
    title: 'The config waits for something that never comes',
    hint: 'Look for an await on a promise that nothing can resolve.',
  },
  'config/no-config': { title: 'No config file was found', hint: 'Create tilt.config.ts, or name one with --file.' },
  'config/no-resources': {
    title: 'The config declares no resource',
    hint: 'Declare one, for example with localResource.',
  },
  'config/process-exit': {
    title: 'The config called process.exit()',
    hint: 'Return from the config instead, or call fail(message).',
  },
  'config/read-failed': { title: 'A file could not be read', hint: 'Check the path, or give a default.' },
  'config/self-dependency': { title: 'A resource waits for itself', hint: 'Remove it from its own resourceDeps.' },
  'config/syntax': { title: 'The config cannot be parsed', hint: 'Mend the syntax at the place shown.' },
  'config/threw': { title: 'The config threw an error', hint: 'Read the message and the place shown.' },
  'config/unawaited': { title: 'A promise that nobody awaited', hint: 'Put await in front of the call.' },
  'config/unknown-image': {
    title: 'A name that no declared image has',
    hint: 'Check the spelling, or declare it with dockerBuild or customBuild.',
  },
  'config/unknown-object': {
    title: 'No Kubernetes object matches a selector',
    hint: 'Check the spelling; the message lists what there is.',
  },
  'config/unknown-option': { title: 'An option that does not exist', hint: 'Check the spelling.' },
  'config/unknown-resource': {
    title: 'A name that no resource has',
    hint: 'Check the spelling, or declare the resource.',
  },
  'config/unsupported': {
    title: 'A part of the config that this version cannot run',
    hint: 'Remove it, or use a version that can.',
  },
  'config/unused-image': {
    title: 'An image that nothing runs',
    hint: 'Name it in a compose file or a manifest, or silence it with updateSettings({ suppressUnusedImageWarnings }).',
  },
  'config/version': {
    title: 'This version of tiltts does not satisfy the config',
    hint: 'Install a version that does.',
  },
  'config/warning': { title: 'The config called warn()', hint: 'Read its message.' },
  'container/channel-closed': {
    title: 'The way into a container was closed',
    hint: 'The container may have stopped; see its log.',
  },
  'container/copy-failed': {
    title: 'Files could not be copied into a container',
    hint: 'See the message: the target may be read-only, or full.',
  },
  'container/run-failed': {
    title: 'A command could not be started in a container',
    hint: 'Check that the image has the command.',
  },
  'docker/no-builder': {
    title: 'The builder that is asked for is not there',
    hint: 'Install buildx, or unset BUILDX_BUILDER.',
  },
  'docker/refused': {
    title: 'The Docker engine refused what was asked',
    hint: 'See its message.',
  },
  'docker/unreachable': {
    title: 'The Docker engine does not answer',
    hint: 'Start Docker; tiltts goes on by itself when it answers.',
  },
  'editor/failed': { title: 'The editor failed', hint: 'Name another with EDITOR or TILT_EDITOR.' },
  'files/overflow': {
    title: 'The system dropped file events',
    hint: 'tiltts has rescanned; ignore large generated folders.',
  },
  'files/watch-failed': { title: 'A path cannot be watched', hint: 'See the message of the system.' },
  'files/watch-limit': {
    title: 'The system allows no more file watches',
    hint: 'Raise the limit or ignore large folders.',
  },
  'function/blocked': {
    title: 'A function of the config blocked its event loop',
    hint: 'Await long work instead of computing in one piece.',
  },
  'function/threw': { title: 'A function of the config threw an error', hint: 'Read the message and the place shown.' },
  'function/timeout': { title: 'A function of the config took too long', hint: 'Make it faster, or watch ctx.signal.' },
  'helm/failed': {
    title: 'Helm could not render the chart',
    hint: 'Read its output.',
  },
  'helm/missing': {
    title: 'Helm is not there, or too old',
    hint: 'Install helm 3.',
  },
  'image/build-failed': {
    title: 'An image could not be built',
    hint: 'Read the output of the step at the place shown.',
  },
  'image/missing': {
    title: 'A build ended well, but its image is not there',
    hint: 'Have the command tag its image as $EXPECTED_REF.',
  },
  'image/push-failed': {
    title: 'An image could not be pushed',
    hint: 'Check the registry and the login: docker login.',
  },
  'kubernetes/apply-failed': {
    title: 'An object was refused by the cluster',
    hint: 'Read the message of the API server.',
  },
  'kubernetes/forbidden': {
    title: 'The cluster does not allow this',
    hint: 'Ask for the right that the message names.',
  },
  'kubernetes/no-context': {
    title: 'There is no Kubernetes context',
    hint: 'Set KUBECONFIG, or choose one: kubectl config use-context <name>.',
  },
  'kubernetes/refused': {
    title: 'The API server said no',
    hint: 'Read its message.',
  },
  'kubernetes/unauthorized': {
    title: 'The cluster does not accept these credentials',
    hint: 'Log in again; they are read anew at the next attempt.',
  },
  'kubernetes/unreachable': {
    title: 'The Kubernetes cluster does not answer',
    hint: 'Start it, or check the kubeconfig. It is asked again by itself.',
  },
  'kustomize/failed': {
    title: 'Kustomize could not build the folder',
    hint: 'Read its output.',
  },
  'kustomize/missing': {
    title: 'Neither kustomize nor kubectl is there',
    hint: 'Install one of them.',
  },
  'kustomize/remote': {
    title: 'A kustomization uses what is not on this machine',
    hint: 'Copy it into the project if its changes should be seen.',
  },
  'logs/store-failed': { title: 'Logs cannot be kept on disk', hint: 'Free space, or move the data folder.' },
  'port-forward/port-busy': {
    title: 'A local port is taken',
    hint: 'Stop the process that the message names, or choose another port.',
  },
  'probe/invalid': { title: 'A probe that cannot work', hint: 'See the expected form in the message.' },
  'process/spawn-failed': {
    title: 'A command could not be started',
    hint: 'Check that the command and its folder exist.',
  },
  'server/port-busy': { title: 'The port is taken', hint: 'Name another with --port or TILT_PORT.' },
  'session/ambiguous': { title: 'Several sessions are running', hint: 'Say which with --port.' },
  'session/home-folder': {
    title: 'The folder of the sessions cannot be used',
    hint: 'Make the folder and what is in it writable for you, or name another folder with TILT_DEV_DIR.',
  },
  'session/kubeconfig': {
    title: "The file that tells Kubernetes' clients of sessions cannot be used",
    hint: 'Mend or remove it, or name another with TILT_CONFIG.',
  },
  'session/locked': {
    title: 'A file of all sessions is held by another process',
    hint: 'Remove the lock if no session is starting.',
  },
  'session/none': { title: 'No session is running', hint: 'Start one with: tiltts dev' },
  'session/unknown-resource': { title: 'The session has no such resource', hint: 'Check the spelling.' },
  'tiltts/bug': { title: 'A bug in tiltts', hint: 'Please report it with the file named in the message.' },
  'usage/invalid': { title: 'The command line is not understood', hint: 'See: tiltts help' },
} as const

/** A code of the catalogue. */
export type CatalogueCode = keyof typeof errorCatalogue
