import type { IgnoreRule } from '@tiltts/spec'

/** Files that tools make beside what they work on, most of them for a moment. They never trigger anything. */
export const ephemeralPatterns: readonly string[] = [
  // JetBrains: safe write, project folder
  '**/*___jb_old___',
  '**/*___jb_tmp___',
  '**/.idea/**',
  // Emacs: lock files, auto-save, flymake
  '**/.#*',
  '**/#*#',
  '**/flymake_*.*',
  // Vim: the file it writes to see whether it can, backups, swap files
  '**/4913',
  '**/*~',
  '**/.*.swp',
  '**/.*.swx',
  '**/.*.swo',
  '**/.*.swn',
  // Kate
  '**/.*.kate-swp',
  // go build
  '**/*-go-tmp-umask',
  // tiltts: the names that the editor checks a config with
  '**/.tiltts/**',
]

/** {@link ephemeralPatterns} wherever they are. */
export const ephemeralIgnore: IgnoreRule = { basePath: '/', patterns: ephemeralPatterns }

/** All that takes paths away from a watch: its own rules, and those that hold for every watch. */
export function watchRules(ignores: readonly IgnoreRule[]): readonly IgnoreRule[] {
  return [ephemeralIgnore, ...ignores]
}
