/** What a test may need that a machine may lack. */
export type Requirement = 'docker' | 'kubernetes' | 'kubectl' | 'testbed' | 'browser' | 'go';
/** Where Chromium is on this machine. */
export declare const chromium: string | undefined;
/**
 * Why a test has to be skipped here; `undefined` when it can run. Names in `TILTTS_REQUIRE` turn a skip into a failure.
 *
 * @example
 * const skip = skipReason('docker')
 * it.skipIf(skip !== undefined)(`builds an image${skip ? ` (skipped: ${skip})` : ''}`, …)
 */
export declare function skipReason(...requirements: Requirement[]): string | undefined;
