import { test } from 'node:test'
import { serve } from './serve.mjs'

test('serve is a function', () => serve.call)
