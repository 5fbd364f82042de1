import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { eachLine } from './line-stream.ts'

const follow = (input: PassThrough) => {
  const lines: string[] = []
  return { lines, ended: eachLine(input, (line) => lines.push(line)) }
}

test('rejects when reading fails', async () => {
  const input = new PassThrough()
  const { ended } = follow(input)
  input.destroy(new Error('EIO'))
  await expect(ended).rejects.toThrow('EIO')
})

test('resolves when the stream is destroyed without an end', async () => {
  const input = new PassThrough()
  const { lines, ended } = follow(input)
  input.write('whole\ncut')
  await new Promise(setImmediate)
  input.destroy()
  await ended
  expect(lines).toEqual(['whole', 'cut'])
})

test('gives the same lines however the bytes are cut', async () => {
  const text = 'a\n\nzwölf € 𝄞\n{"x":"\u2028"}\nlast without end'
  const bytes = Buffer.from(text)
  for (let size = 1; size <= bytes.length; size++) {
    const input = new PassThrough()
    const { lines, ended } = follow(input)
    for (let at = 0; at < bytes.length; at += size) input.write(bytes.subarray(at, at + size))
    input.end()
    await ended
    expect(lines).toEqual(text.split('\n'))
  }
})

test('a line end at the end makes no empty line', async () => {
  const input = new PassThrough()
  const { lines, ended } = follow(input)
  input.end('a\n')
  await ended
  expect(lines).toEqual(['a'])
})
