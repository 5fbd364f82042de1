import './guard.ts'
import { createInterface } from 'node:readline'
import { ids } from './base.ts'
import { commandLines, complaints, runHere } from './commands.ts'
import { drawRecord } from './generator.ts'
import { tries } from './guard.ts'
import { newScene, plantChanges, watchScene } from './scene.ts'
import { tricks } from './tricks.ts'
import { forgetPeak, peakBytes } from './usage.ts'

/**
 * `worker.ts <folder>`: takes a seed or the name of a trick by the line, runs every command on that record, and answers
 * with what went wrong. May neither start a program, open a connection nor send a signal.
 */
const root = process.argv[2] ?? ''
const sound = 'a sound record'

const play = async (job: string): Promise<{ job: string; wrong: string[]; bytes: number }> => {
  const scene = newScene(root)
  const trick = tricks[job]
  if (job === sound) plantChanges(scene, [])
  else if (trick) trick(scene)
  else plantChanges(scene, drawRecord(Number(job)))
  process.chdir(scene.outside)
  const changes = watchScene(scene)
  const before = forgetPeak()
  const wrong: string[] = []
  for (const args of commandLines(scene.out, ids.hostile)) {
    tries.length = 0
    wrong.push(...complaints(await runHere(args)), ...tries.map((what) => `${args.join(' ')}: tried ${what}`))
  }
  wrong.push(...changes())
  return { job, wrong, bytes: peakBytes() - before }
}

/** What all commands take together on a record that is as it should be. */
await play(sound) // loads everything
const ordinary = (await play(sound)).bytes
const spareBytes = 60e6

for await (const job of createInterface({ input: process.stdin })) {
  const { bytes, ...found } = await play(job)
  // All commands are in this process: whether one alone takes too much has to be seen with it alone.
  process.stdout.write(`${JSON.stringify({ ...found, isLarge: bytes > ordinary + spareBytes })}\n`)
}
