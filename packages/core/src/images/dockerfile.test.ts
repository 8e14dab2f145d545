// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles look like this
import { describe, expect, it } from 'vitest'
import { type DockerfileArgs, readDockerfile } from './dockerfile.js'

const refs = (lines: string | readonly string[], args?: DockerfileArgs) =>
  readDockerfile([lines].flat().join('\n'), args).images.map(({ ref }) => ref)

describe('readDockerfile', () => {
  it('DB-12: finds FROM, COPY --from and what RUN mounts from, with their places', () => {
    const text = [
      '# syntax=docker/dockerfile:1',
      'FROM --platform=$BUILDPLATFORM shop/base:1 AS build',
      'RUN --mount=type=bind,from=shop/tools,target=/t --mount=type=cache,target=/c make',
      'from node:20',
      'COPY --chown=1:1 --from=shop/assets:2 /a /b',
      'ONBUILD COPY --from=shop/later /a /b',
    ].join('\n')
    const found = readDockerfile(text).images.map(({ kind, ref, stage, line, column }) => [
      kind,
      ref,
      stage,
      line,
      column,
    ])
    expect(found).toEqual([
      ['from', 'shop/base:1', 'build', 2, 32],
      ['mount', 'shop/tools', undefined, 3, 28],
      ['from', 'node:20', undefined, 4, 6],
      ['copy', 'shop/assets:2', undefined, 5, 25],
      ['copy', 'shop/later', undefined, 6, 21],
    ])
  })

  it('DB-12: puts ARGs in: build arguments before defaults, and what is made of both', () => {
    const text = ['ARG REPO=shop/base TAG', 'ARG FULL="${REPO}:${TAG:-1}"', 'FROM $FULL', 'FROM ${REPO:-x}-slim']
    expect(refs(text)).toEqual(['shop/base:1', 'shop/base-slim'])
    expect(refs(text, { buildArgs: { TAG: '2' } })).toEqual(['shop/base:2', 'shop/base-slim'])
    expect(refs(text, { buildArgs: { FULL: 'other', REPO: 'y' } })).toEqual(['other', 'y-slim'])
    expect(refs(['FROM ${BASE:-shop/base}'])).toEqual(['shop/base'])
  })

  it('DB-12: an ARG of a stage counts in that stage, not in FROM', () => {
    const text = [
      'ARG V=1',
      'FROM a',
      'ARG V',
      'ARG W=2',
      'COPY --from=b:$V-$W /x /y',
      'FROM c:${W:-none}',
      'COPY --from=d:${W:-none} /x /y',
    ]
    expect(refs(text)).toEqual(['a', 'b:1-2', 'c:none', 'd:none'])
  })

  it('takes stages for no images, by name in any case and by number', () => {
    const text = [
      'FROM node:20 AS Build',
      'FROM build AS test',
      'COPY --from=BUILD /a /b',
      'COPY --from=0 /a /b',
      'COPY --from=last /a /b',
      'RUN --mount=from=test,target=/x ls',
      'FROM scratch AS last',
      'COPY --from=7 /a /b',
    ]
    expect(refs(text)).toEqual(['node:20', '7'])
  })

  it('takes a FROM for an image when the stage of that name comes only later', () => {
    expect(refs(['FROM base AS base', 'FROM base'])).toEqual(['base'])
    expect(refs(['FROM later', 'FROM x AS later'])).toEqual(['later', 'x'])
  })

  it('is not misled by comments, broken lines and here-documents', () => {
    const text = [
      '# FROM a',
      'FROM \\',
      '# between',
      '  shop/base:1 \\',
      '  AS x',
      'RUN <<EOF',
      'FROM b',
      'COPY --from=c . .',
      'EOF',
    ]
    expect(readDockerfile(text.join('\n')).images).toMatchObject([
      { ref: 'shop/base:1', stage: 'x', line: 4, column: 3 },
    ])
    expect(refs(['# escape=`', 'FROM `', 'shop/base'])).toEqual(['shop/base'])
    expect(refs(['FROM shop/base\r', 'RUN x\r'])).toEqual(['shop/base'])
  })

  it('fills in the platform where it is known, and leaves the variable where only the builder knows it', () => {
    const text = 'FROM base-${TARGETOS}-$TARGETARCH$TARGETVARIANT'
    expect(refs(text, { platform: 'linux/arm/v7' })).toEqual(['base-linux-armv7'])
    expect(refs(text, { platform: 'linux/amd64' })).toEqual(['base-linux-amd64'])
    expect(refs(text)).toEqual(['base-${TARGETOS}-${TARGETARCH}${TARGETVARIANT}'])
  })

  it('says why a text cannot be built at all', () => {
    expect(readDockerfile('').problems).toEqual([{ message: 'it has no FROM', line: 1 }])
    expect(readDockerfile('RUN x').problems).toEqual([{ message: 'it has no FROM', line: 1 }])
    expect(readDockerfile('FROM a\nFROM\n').problems).toEqual([{ message: 'FROM names no image', line: 2 }])
    expect(readDockerfile('FROM a\nNONSENSE').problems).toEqual([])
  })
})
