// Named one by one: loaded when it is needed, a bundle knows a CommonJS package by its default alone.
export { parse, stringify } from 'yaml'
