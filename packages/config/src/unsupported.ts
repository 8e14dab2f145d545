import { declaring } from './call/call.js'

/** Records a call that this version of the engine cannot carry out; the linker reports it with its place. */
export function declareUnsupported(builder: string, name: string): void {
  const { recorder, at } = declaring(builder)
  recorder.draft.unsupported.push({ builder, name, at })
}
