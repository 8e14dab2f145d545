/**
 * A reporter that ends a run with the tests that passed only when they were repeated and those that failed, each with what
 * went wrong first, so that they are found at the end of a long log.
 */
export default class ListFlaky {
  onTestRunEnd(modules) {
    const tests = [...modules].flatMap((module) => [...module.children.allTests()])
    const named = (test) => {
      const reason = test.result().errors?.[0]?.message.split('\n')[0] ?? ''
      return `  ${test.module.relativeModuleId} > ${test.fullName}\n    ${reason}`
    }
    const flaky = tests.filter((test) => test.diagnostic()?.flaky === true)
    const failed = tests.filter((test) => test.result().state === 'failed')
    if (flaky.length > 0) console.log(['', 'Passed only when repeated:', ...flaky.map(named)].join('\n'))
    if (failed.length > 0) console.log(['', 'Failed:', ...failed.map(named)].join('\n'))
  }
}
