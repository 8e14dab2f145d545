export const backendResources: readonly string[] = ['api', 'postgres']
