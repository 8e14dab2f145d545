import { describe, expect, it } from 'vitest'
import { lineLevel } from './level.js'
import { levelRuns } from './level-runs.js'

const errors = [
  'ERROR something broke',
  '2026-01-02 10:00:00,123 ERROR com.shop.Cart - no stock',
  '2026-01-02T10:00:00.123Z\tERROR\tcart/main.go:12\tno stock',
  '12:00:01.000 [main] ERROR com.shop.Cart - no stock',
  '2026-01-02 10:00:00.123 ERROR 4711 --- [main] o.s.Boot : no stock',
  '[ERROR] no stock',
  '[error] no stock',
  '2026/01/02 10:00:00 [error] 31#31: *1 connect() failed',
  '3:04PM ERR no stock order=7',
  'ERROR:    no stock',
  'ERROR:root:no stock',
  'ERROR:  relation "orders" does not exist',
  'FATAL:  password authentication failed',
  'E, [2026-01-02T10:00:00.1 #7] ERROR -- : no stock',
  'Jan 02 10:00:00 host cart[123]: ERROR no stock',
  'api-1  | ERROR no stock',
  'CRITICAL no stock',
  'error: no such file',
  'Error: listen EADDRINUSE: address already in use :::3000',
  'TypeError: x is not a function',
  'Uncaught TypeError: x is not a function',
  'java.lang.NullPointerException: cart is null',
  'Exception in thread "main" java.lang.NullPointerException',
  'Traceback (most recent call last):',
  "thread 'main' panicked at src/main.rs:2:5:",
  'panic: runtime error: index out of range',
  'fatal: not a git repository',
  'fatal error: all goroutines are asleep - deadlock!',
  'src/a.ts(1,2): error TS2304: Cannot find name x.',
  'src/a.ts:1:2 - error TS2304: Cannot find name x.',
  'main.c:3:5: error: expected ;',
  'error[E0308]: mismatched types',
  'Internal server error: cannot resolve import',
  '[vite] Internal server error: cannot resolve import',
  'Build error: no stock',
  'ERROR in ./src/index.ts',
  '✘ [ERROR] Could not resolve "x"',
  'npm ERR! code E404',
  'npm error code E404',
  'error Command failed with exit code 1.',
  'fail: Shop.Cart[0]',
  'time="2026-01-02T10:00:00Z" level=error msg="no stock"',
  'level="error" msg=x',
  'lvl=eror msg=x',
  'ts=1 severity=CRITICAL msg=x',
  'E0102 15:04:05.123456       1 cart.go:10] no stock',
  'F0102 15:04:05.123456       1 cart.go:10] no stock',
  '\u001b[31mERROR\u001b[0m no stock',
  '\u001b[31m\u001b[1merror\u001b[22m: no stock\u001b[39m',
  '{"level":"error","msg":"no stock"}',
  '{"time":1,"level":50,"msg":"no stock"}',
  '{"level":60,"msg":"bye"}',
  '{"severity":"ERROR","message":"no stock"}',
  '{"log.level":"error","message":"no stock"}',
  '{"log":{"level":"error"},"message":"no stock"}',
  '{"@t":"2026-01-02","@l":"Error","@m":"no stock"}',
  '{"lvl": "fatal"}',
]

const warnings = [
  'WARN low stock',
  '2026-01-02 10:00:00 WARN  com.shop.Cart - low stock',
  'WARNING: low stock',
  'WARNING:root:low stock',
  '[warn] low stock',
  '2026-01-02 10:00:00 0 [Warning] [MY-010068] low stock',
  '3:04PM WRN low stock',
  'warning: unused variable: `x`',
  'main.c:3:5: warning: unused variable',
  '(node:123) ExperimentalWarning: x',
  'npm warn deprecated inflight@1.0.6',
  'npm WARN deprecated inflight@1.0.6',
  'warning package.json: No license field',
  'warn: Shop.Cart[0]',
  'level=warn msg="low stock"',
  'level=warning msg="low stock"',
  'W0102 15:04:05.123456       1 cart.go:10] low stock',
  '{"level":"warn","msg":"low stock"}',
  '{"level":40,"msg":"low stock"}',
  '{"severity":"WARNING","message":"low stock"}',
  '{"level":"warn","ctx":{"level":"error"}}',
]

const plain = [
  '',
  'compiled with 0 errors',
  'Found 0 errors. Watching for file changes.',
  '0 errors, 0 warnings',
  '0 ERROR, 0 WARN',
  'no ERROR seen',
  'errors: 0',
  'error: 0',
  'ERROR: 0',
  'Last error: none',
  'warnings: none',
  'GET /error 200 in 3 ms',
  'GET /api/ERROR 200 in 3 ms',
  'compiled src/error.ts',
  'wrote src/warning.css and src/panic.go',
  'error handler installed',
  'on error: restart',
  'retrying after an error in the connection',
  'the value of ERROR_CODE is unset',
  'install the alert manager and the failover',
  'this long sentence only names the word ERROR',
  'code=ERR_MODULE_NOT_FOUND',
  'INFO 3 ERROR lines were read',
  '[info] [error] is a level',
  '2026-01-02 10:00:00 INFO  error: none of it matters',
  'level=info msg="ERROR budget: fine"',
  'time=1 level=debug msg="error: x"',
  'I0102 15:04:05.123456       1 cart.go:10] ERROR is only a word',
  'E0102',
  '{"level":"info","msg":"ERROR: x"}',
  '{"level":"info","error":null}',
  '{"level":30,"err":{"level":50}}',
  '{"msg":"x","ctx":{"level":"error"}}',
  '{"error":"a field, not a level"}',
  '{"level":20,"msg":"fine detail"}',
  '{"level":3,"msg":"a number of another scale"}',
  '{"level":"debug","msg":"never hidden"}',
]

describe('level of a line', () => {
  it.each(errors)('is error: %s', (line) => expect(lineLevel(line)).toBe('error'))
  it.each(warnings)('is warn: %s', (line) => expect(lineLevel(line)).toBe('warn'))
  it.each(plain)('is info: %s', (line) => expect(lineLevel(line)).toBe('info'))

  it('is judged from the beginning of a JSON line that is cut off', () => {
    expect(lineLevel(`{"level":"error","msg":"${'x'.repeat(500)}`)).toBe('error')
    expect(lineLevel(`{"level":"info","msg":"ERROR ${'x'.repeat(500)}`)).toBe('info')
  })

  it('takes time proportional to the line, however hostile the line', () => {
    const hostile = [
      '['.repeat(100_000),
      '{"level":'.repeat(20_000),
      `${'error '.repeat(20_000)}:`,
      `${'Aa.'.repeat(40_000)}Error`,
      `{${'"level":"error",'.repeat(10_000)}`,
      '\u001b['.repeat(50_000),
      `level=${'e'.repeat(100_000)}`,
    ]
    const start = performance.now()
    for (const line of hostile) lineLevel(line)
    expect(performance.now() - start).toBeLessThan(5_000)
  })
})

describe('runs of one level', () => {
  it('judges every line of a chunk as it would be judged alone', () => {
    const lines = [...plain, ...errors, ...warnings, ...plain, ...warnings.slice(0, 3)]
    for (const end of ['\n', '']) {
      const text = lines.join('\n') + end
      const runs = levelRuns(text)
      expect(runs.map((run) => run.text).join('')).toBe(text)
      const levels = runs.flatMap((run) => Array.from({ length: run.count }, () => run.level))
      expect(levels).toEqual(lines.map(lineLevel))
      expect(runs.every((run, index) => run.level !== runs[index + 1]?.level)).toBe(true)
    }
  })

  it('finds what is wrong in a single line wherever the line stands', () => {
    for (const [line, level] of [...errors.map((l) => [l, 'error']), ...warnings.map((l) => [l, 'warn'])]) {
      const runs = levelRuns(`one\n${line}\ntwo\n`)
      expect(runs.map((run) => [run.level, run.count])).toEqual([
        ['info', 1],
        [level, 1],
        ['info', 1],
      ])
    }
  })
})
