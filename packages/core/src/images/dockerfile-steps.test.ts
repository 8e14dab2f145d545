import { describe, expect, it } from 'vitest'
import { dockerfileSteps, findDockerfileStep } from './dockerfile-steps.js'

const text = `# escape=\\
ARG V=20
FROM node:\${V} AS Build
ENV A=1
workdir /app
COPY package.json .
RUN npm ci && \\
    # why
    npm run build
RUN make

FROM build
RUN make
FROM scratch
COPY --from=Build /app /
RUN <<EOF
echo hi
EOF
`

describe('dockerfileSteps', () => {
  it('tells the steps of all stages with their numbers as the builder counts them', () => {
    const steps = dockerfileSteps(text).map((step) => `${step.stage} ${step.position} ${step.line} ${step.text}`)
    expect(steps).toEqual([
      'build 1 3 FROM node:$' + '{V} AS Build',
      'build 2 5 WORKDIR /app',
      'build 3 6 COPY package.json .',
      'build 4 7 RUN npm ci && npm run build',
      'build 5 10 RUN make',
      'stage-1 0 12 FROM build',
      'stage-1 1 13 RUN make',
      'stage-2 0 14 FROM scratch',
      'stage-2 1 15 COPY --from=Build /app /',
      'stage-2 2 16 RUN <<EOF echo hi EOF',
    ])
  })
})

describe('findDockerfileStep', () => {
  it.each([
    ['[build 4/5] RUN npm ci &&     npm run build', 7],
    ['[build 5/5] RUN make', 10],
    ['[stage-1 1/1] RUN make', 13],
    ['[linux/amd64 build 2/5] WORKDIR /app', 5],
    ['[build 1/5] FROM docker.io/library/node:20@sha256:12', 3],
    ['[stage-2 2/2] RUN <<EOF (echo hi)', 16],
    ['[stage-2 1/2] LINK COPY --from=build /app /', 15],
    // The numbers are others when the base image brings steps of its own.
    ['[build 6/7] COPY package.json .', 6],
    ['[internal] load build context', undefined],
    ['[build 9/9] RUN other', undefined],
  ])('finds %s', (name, line) => {
    expect(findDockerfileStep(text, name)?.line).toBe(line)
  })

  it('finds a step by its number when variables were put into it', () => {
    const padded = `FROM a\n${'RUN true\n'.repeat(9)}RUN echo $X\n`
    expect(findDockerfileStep(padded, '[11/11] RUN echo 1')?.line).toBe(11)
    expect(findDockerfileStep(padded, '[ 3/11] RUN true')?.line).toBe(3)
  })
})
