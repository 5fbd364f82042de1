import { expect, test } from 'vitest'
import { goComponents } from './go-modules.ts'

const goMod = `module holdfast/x

go 1.26.0

tool (
	github.com/Some/tool/v2/cmd/server
)

require github.com/Some/tool/v2 v2.1.0

require (
	example.org/other v0.0.0-20200101000000-0123456789ab // indirect
	example.org/more v1.0.0+incompatible
)
`

test('every module that is required, once, with its hash and a package URL', () => {
  const components = goComponents(
    'build/x',
    goMod,
    'github.com/Some/tool/v2 v2.1.0 h1:abc=\nexample.org/more v1.0.0+incompatible/go.mod h1:no=\n',
  )
  expect(components.map(({ purl }) => purl)).toEqual([
    'pkg:golang/github.com/some/tool/v2@v2.1.0',
    'pkg:golang/example.org/other@v0.0.0-20200101000000-0123456789ab',
    'pkg:golang/example.org/more@v1.0.0%2Bincompatible',
  ])
  expect(components[0]).toMatchObject({
    'bom-ref': 'build/x:github.com/Some/tool/v2@v2.1.0',
    properties: [
      { name: 'holdfast:go.mod', value: 'build/x/go.mod' },
      { name: 'holdfast:go.sum', value: 'h1:abc=' },
    ],
  })
  expect(components[2]?.properties).toHaveLength(1)
})
