/** Labels by which images that were built here are found again. */
export const builtLabels: Readonly<Record<string, string>> = { 'dev.tilt.built': 'true', 'dev.tilt.gc': 'true' }
