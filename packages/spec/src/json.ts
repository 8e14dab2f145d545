/** Plain data, as it crosses a process or a wire. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
