/**
 * The tag of an image, made of its id: equal content, equal tag, nothing to restart.
 * @example contentTag('sha256:0123456789abcdef…')  // 'tilt-0123456789abcdef'
 */
export function contentTag(imageId: string): string {
  return `tilt-${imageId.slice(imageId.indexOf(':') + 1, imageId.indexOf(':') + 17)}`
}
