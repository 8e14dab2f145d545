import { describe, expect, it } from 'vitest'
import { goTemplate } from './go-template.js'

const data = {
  kind: 'List',
  items: [
    {
      metadata: { name: 'web', labels: { tier: 'front', app: 'web' } },
      status: { order: 1, text: 'a "b"', none: null },
    },
    { metadata: { name: 'db' }, status: { order: 2.5, ready: true } },
  ],
  empty: [],
  text: 'häé',
  big: 1234567,
}
const print = (template: string, allowMissing = true): string => goTemplate(template, { allowMissing }).print(data)
const problem = (template: string, allowMissing = true): string => {
  try {
    return print(template, allowMissing)
  } catch (error) {
    return (error as Error).message
  }
}

describe('a Go template', () => {
  it.each([
    ['plain text', 'plain text'],
    ['{{.kind}}', 'List'],
    ['{{ .kind | printf "%s-%d" }}', 'List-%!d(MISSING)'],
    ['{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}', 'web\ndb\n'],
    ['{{range $i, $e := .items}}{{$i}}={{$e.metadata.name}} {{end}}', '0=web 1=db '],
    ['{{range $e := .items}}{{$e.metadata.name}},{{end}}', 'web,db,'],
    ['{{range .empty}}x{{else}}none{{end}}', 'none'],
    ['{{range .nothing}}x{{else}}none{{end}}', 'none'],
    ['{{range $k, $v := (index .items 0).metadata.labels}}{{$k}}:{{$v}} {{end}}', 'app:web tier:front '],
    ['{{range 3}}{{.}}{{end}}', '012'],
    ['{{range .items}}{{if eq .metadata.name "db"}}{{break}}{{end}}{{.metadata.name}}{{end}}', 'web'],
    ['{{range .items}}{{if eq .metadata.name "web"}}{{continue}}{{end}}{{.metadata.name}}{{end}}', 'db'],
    ['{{if .nothing}}a{{else if .kind}}b{{else}}c{{end}}', 'b'],
    ['{{with .nothing}}{{.}}{{else with .kind}}{{.}}!{{end}}', 'List!'],
    ['{{with (index .items 1)}}{{.status.order}} {{.status.ready}}{{end}}', '2.5 true'],
    ['{{if and .kind (not .empty) (or .nothing .text)}}yes{{end}}', 'yes'],
    ['{{and .kind .empty .never.asked}}', '[]'],
    ['{{len .items}} {{len .text}} {{len "abc"}} {{len (index .items 0).metadata.labels}}', '2 5 3 2'],
    ['{{(index .items 0).status.none}} {{.nothing.at.all}}', '<no value> <no value>'],
    ['{{index .items 0 "metadata" "labels" "app"}}', 'web'],
    ['{{(index .items 0).metadata.labels}}', 'map[app:web tier:front]'],
    ['{{.big}} {{(index .items 0).status.order}}', '1234567 1'],
    ['{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}', '2'],
    ['{{$x := 1}}{{if true}}{{$x := 2}}{{end}}{{$x}}', '1'],
    ['{{range .items}}{{$.kind}} {{end}}', 'List List '],
    ['a {{- /* left out */ -}} b {{- .kind -}}  c', 'abListc'],
    [
      '{{eq .kind "Pod" "List"}} {{ne .kind "Pod"}} {{lt 1 2}} {{le 2 2}} {{gt "b" "a"}} {{ge 1 2}}',
      'true true true true true false',
    ],
    ['{{eq .nothing "x"}}', 'false'],
    [
      '{{printf "%5s|%-5s|%05d|%q|%v|%.2f|%t|%x|%%" "ab" "cd" 42 "q\\"" 1.5 (index .items 1).status.order true 255}}',
      '   ab|cd   |00042|"q\\""|1.5|2.50|true|ff|%',
    ],
    ['{{printf "%d" .big}} {{printf "%s" 1 2}}', '1234567 %!s(int=1)%!(EXTRA int=2)'],
    ['{{print "a" 1 2 "b" 3}}', 'a1 2b3'],
    ['{{println "a" 1}}', 'a 1\n'],
    ['{{slice .text 0 1}}{{slice .items 1}}', 'h[map[metadata:map[name:db] status:map[order:2.5 ready:true]]]'],
    ['{{html "<a href=\\"x\\">"}} {{urlquery "a b&c"}}', '&lt;a href=&#34;x&#34;&gt; a+b%26c'],
    ['{{exists .items 0 "metadata" "name"}} {{exists . "items" 5}}', 'true false'],
    ['{{base64decode "aGkh"}}', 'hi!'],
    ['{{define "row"}}<{{.metadata.name}}>{{end}}{{range .items}}{{template "row" .}}{{end}}', '<web><db>'],
    ['{{block "b" .kind}}[{{.}}]{{end}}', '[List]'],
    ["{{`raw \\n`}} {{'a'}} {{0x10}} {{-1.5}} {{print nil}}", 'raw \\n 97 16 -1.5 <nil>'],
  ])('%s', (template, text) => {
    expect(problem(template)).toBe(text)
  })

  it('takes a field that is not there for an error when told to', () => {
    expect(problem('{{.kind}}\n{{.a.b}}', false)).toBe(
      'template: output:2:4: executing "output" at <.a.b>: map has no entry for key "a"',
    )
  })

  it.each([
    [
      '{{.kind.name}}',
      'template: output:1:7: executing "output" at <.kind.name>: can\'t evaluate field name in type interface {}',
    ],
    [
      '{{(index .items 0).status.none.x}}',
      'output:1:18: executing "output" at <(index .items 0).sta...>: nil pointer evaluating interface {}.x',
    ],
    [
      '{{index .items 7}}',
      'output:1:2: executing "output" at <index .items 7>: error calling index: index out of range: 7',
    ],
    ['{{eq .kind 1}}', 'error calling eq: incompatible types for comparison'],
    ['{{lt .items 1}}', 'error calling lt: invalid type for comparison'],
    ['{{range .kind}}{{end}}', "range can't iterate over List"],
    ['{{len}}', 'wrong number of args for len: want 1 got 0'],
    ['{{.kind 1}}', 'kind is not a method but has arguments'],
    ['{{template "none"}}', 'template "none" not defined'],
    ['{{define "a"}}{{template "a"}}{{end}}{{template "a"}}', 'exceeded maximum template depth'],
  ])('says where %s fails', (template, message) => {
    expect(problem(template)).toContain(message)
  })

  it.each([
    ['{{', 'template: output:1: unclosed action'],
    ['a\n{{if .x}}', 'template: output:2: unexpected EOF'],
    ['{{end}}', 'output:1: unexpected {{end}}'],
    ['{{toJson .}}', 'output:1: function "toJson" not defined'],
    ['{{$x}}', 'output:1: undefined variable "$x"'],
    ['{{.a.}}', 'unexpected <.> in operand'],
    ['{{"open}}', 'unterminated quoted string'],
    ['{{}}', 'missing value for command'],
    ['{{if}}{{end}}', 'missing value for if'],
    ['{{. | 1}}', 'non executable command in pipeline stage 2'],
    ['{{break}}', '{{break}} outside {{range}}'],
    ['{{/* open', 'unclosed comment'],
    ['{{.a # b}}', "unrecognized character in action: U+0023 '#'"],
    ['{{(.a}}', 'in parenthesized pipeline'],
  ])('that is none is refused with its line: %s', (template, message) => {
    expect(problem(template)).toContain(message)
  })
})
