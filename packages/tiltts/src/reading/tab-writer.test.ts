import { describe, expect, it } from 'vitest'
import { createTabWriter, descriptionLayout, tableLayout } from './tab-writer.js'

describe('columns', () => {
  it('are as wide as their widest cell and three blanks more, the last one as it is', () => {
    expect(createTabWriter(tableLayout).layOut(['NAME\tAGE', 'frontend\t5m', 'é\t1'])).toBe(
      'NAME       AGE\nfrontend   5m\né          1\n',
    )
  })

  it('stand below those of before, and grow with wider cells', () => {
    const writer = createTabWriter(tableLayout)
    writer.layOut(['frontend\t5m'])
    expect(writer.layOut(['a\t1'])).toBe('a          1\n')
    expect(writer.layOut(['a longer name\t1'])).toBe('a longer name   1\n')
  })

  it('are aligned over lines that follow each other only', () => {
    const lines = ['Name:\tx', 'Longer Key:\ty', 'Status:', '  A:\t1', '  Bcd:\t2']
    expect(createTabWriter(descriptionLayout).layOut(lines)).toBe(
      'Name:        x\nLonger Key:  y\nStatus:\n  A:    1\n  Bcd:  2\n',
    )
  })
})
