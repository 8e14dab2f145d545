/** Left out of a list: `labels: ['a', ci && 'b']`. */
export type Falsy = false | null | undefined

/** One value, or a list of them, from which falsy entries are left out. */
export type OneOrMany<T> = T | readonly (T | Falsy)[]

/** Values become strings; `undefined` leaves the name out. `process.env` fits. */
export type Env = Readonly<Record<string, string | number | boolean | undefined>>
