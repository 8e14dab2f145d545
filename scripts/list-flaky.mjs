/**
 * A reporter that ends a run with the tests that passed only when they were repeated, by file and name, and writes those
 * that failed once more below it, so that they are found at the end of a long log.
 */
export default class ListFlaky {
  onTestRunEnd(modules) {
    const tests = [...modules].flatMap((module) => [...module.children.allTests()])
    const named = (test) => `  ${test.module.relativeModuleId} > ${test.fullName}`
    const flaky = tests.filter((test) => test.diagnostic()?.flaky === true)
    const failed = tests.filter((test) => test.result().state === 'failed')
    if (flaky.length > 0) console.log(['', 'Passed only when repeated:', ...flaky.map(named)].join('\n'))
    if (failed.length === 0) return
    const reason = (test) => test.result().errors?.[0]?.message.split('\n')[0] ?? ''
    console.log(['', 'Failed:', ...failed.map((test) => `${named(test)}\n    ${reason(test)}`)].join('\n'))
  }
}
