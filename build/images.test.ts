import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { imageNames, imagesOf, imageVariable } from './images.ts'

test('every public image has a tag for people and a digest for the engine', () => {
  for (const image of Object.values(imagesOf({}))) expect(image).toMatch(/^[a-z./]+:[\w.-]+@sha256:[0-9a-f]{64}$/)
})

test.each(imageNames)('%s can be named by the environment; an empty variable names nothing', (name) => {
  expect(imagesOf({ [imageVariable(name)]: 'mirror.internal/it:1' })[name]).toBe('mirror.internal/it:1')
  expect(imagesOf({ [imageVariable(name)]: '' })[name]).toBe(imagesOf({})[name])
})

test('Toxiproxy has the same version locally and in containers', () => {
  const goMod = readFileSync(join(import.meta.dirname, 'tools/go.mod'), 'utf8')
  const pinned = /github\.com\/Shopify\/toxiproxy\/v2 v(\S+)/.exec(goMod)?.[1]
  expect(imagesOf({}).toxiproxy).toContain(`:${pinned}@`)
})
