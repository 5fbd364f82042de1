import { expect, test } from 'vitest'
import { imageNames, imagesOf, imageVariable } from './images.ts'

test('every public image has a tag for people and a digest for the engine', () => {
  for (const image of Object.values(imagesOf({}))) expect(image).toMatch(/^[a-z./]+:[\w.-]+@sha256:[0-9a-f]{64}$/)
})

test.each(imageNames)('%s can be named by the environment; an empty variable names nothing', (name) => {
  expect(imagesOf({ [imageVariable(name)]: 'mirror.internal/it:1' })[name]).toBe('mirror.internal/it:1')
  expect(imagesOf({ [imageVariable(name)]: '' })[name]).toBe(imagesOf({})[name])
})
