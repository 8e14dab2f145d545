/** Which update has which image in hand. */
export interface SharedImages {
  /** A resource with one of the images in hand, and that image. */
  inUse(images: readonly string[]): { readonly by: string; readonly image: string } | undefined
  take(resource: string, images: readonly string[]): void
}

/** No two updates build the same image at once: the second would do the work of the first again. */
export function sharedImages(): SharedImages {
  const owners = new Map<string, string>()
  return {
    inUse(images) {
      for (const image of images) {
        const by = owners.get(image)
        if (by !== undefined) return { by, image }
      }
      return undefined
    },
    take(resource, images) {
      for (const image of images) owners.set(image, resource)
    },
  }
}
