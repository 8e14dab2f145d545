import { expect, it } from 'vitest'
import { describeObject } from './describe-object.js'

it('CLI-53: shows all fields with words as labels, lists and objects below', () => {
  expect(
    describeObject({
      apiVersion: 'tilt.dev/v1alpha1',
      kind: 'UIResource',
      metadata: {
        name: 'api',
        uid: 'u-1',
        annotations: { long: `two\nlines`, 'tilt.dev/resource': 'api' },
        managedFields: [],
      },
      status: { lastDeployTime: null, buildHistory: [{ spanID: 'b:1', error: '' }], args: ['a', 'b'], podURL: 'x' },
    }),
  ).toBe(`Name:         api
Namespace:    
Labels:       <none>
Annotations:  long:
                two
                lines
              tilt.dev/resource: api
API Version:  tilt.dev/v1alpha1
Kind:         UIResource
Metadata:
  UID:  u-1
Status:
  Args:
    a
    b
  Build History:
    Error:           
    Span ID:         b:1
  Last Deploy Time:  <nil>
  Pod URL:           x
`)
})
