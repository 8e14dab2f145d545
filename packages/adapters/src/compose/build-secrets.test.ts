import { expect, it } from 'vitest'
import { buildSecrets, type SecretSources } from './build-secrets.js'

const declared = {
  file: { file: '/shop/token' },
  set: { environment: 'TOKEN' },
  written: { environment: 'WRITTEN' },
  outside: {},
}

function secretsOf(source: string, sources: Partial<SecretSources> = {}) {
  return buildSecrets({ secrets: [{ source }] }, { declared, env: { TOKEN: 'sesame' }, envFiles: ['A=1'], ...sources })
}

it('DC-02: secrets of files are told by their paths, those of the environment by their values', () => {
  expect(secretsOf('file')).toEqual({ files: ['/shop/token'], values: [], known: true })
  expect(secretsOf('set')).toEqual({ files: [], values: ['sesame'], known: true })
})

it('DC-02: a variable of a file stands for the whole file, which has to say all', () => {
  expect(secretsOf('written')).toEqual({ files: [], values: ['A=1'], known: true })
  expect(secretsOf('written', { envFiles: ['WRITTEN=$HOME'] }).known).toBe(false)
  expect(secretsOf('set', { envFiles: ['WRITTEN=$HOME'] }).known).toBe(true)
})

it('DC-02: nobody can tell of a secret that is declared elsewhere, or not at all', () => {
  expect(secretsOf('outside').known).toBe(false)
  expect(secretsOf('none').known).toBe(false)
})
