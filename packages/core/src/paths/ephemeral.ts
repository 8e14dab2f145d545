import type { IgnoreRule } from '@tiltts/spec'

/** Files that editors and compilers make for a moment beside what they work on. They never trigger anything. */
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
]

/** {@link ephemeralPatterns} wherever they are. */
export const ephemeralIgnore: IgnoreRule = { basePath: '/', patterns: ephemeralPatterns }
