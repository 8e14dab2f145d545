// What a tilt.config.ts imports. `export *`, so that `.tiltts/names.d.ts` can add to `ResourceNames` under this name.
export * from '@tiltts/config'
