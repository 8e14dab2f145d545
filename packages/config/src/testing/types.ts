/** True when two types are the same in both directions, `any` and `readonly` told apart. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles when the type is `true`. */
export function holds<_ extends true>(): void {}
