export async function writeNames(_folder: string, _names: readonly string[], _options: { readonly reset: boolean }): Promise<void> {}
