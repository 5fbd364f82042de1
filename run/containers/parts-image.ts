import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../../chaos/drivers/command.ts'
import { HoldfastError } from '../../model/errors.ts'
import type { ContainersLayout, System } from '../../model/system.ts'
import { type Engine, isThere } from './engine.ts'

export interface ImagesOptions {
  system: System
  layout: Pick<ContainersLayout, 'containers' | 'bundle'>
  projectDir: string
  userEnv: Record<string, string | undefined>
  /** Told before something that takes long. */
  onStep?: (text: string) => void
}

const bundleTimeoutMs = 60_000
/** On the images that Holdfast builds; the value is the system's name. */
const partsLabel = 'holdfast.parts'

/**
 * The image of a system's own parts: `systems/Dockerfile` with a bundle of each, on a base with Node. It is called
 * by the hash of all that is in it, so that it is built once for every change; those of earlier days are removed then.
 */
export const buildPartsImage = async (
  engine: Engine,
  base: string,
  { system, layout, projectDir, onStep }: ImagesOptions,
): Promise<string> => {
  const context = mkdtempSync(join(tmpdir(), 'holdfast-image-'))
  try {
    const bundles = join(context, 'bundles')
    mkdirSync(bundles)
    await Promise.all(layout.bundle(projectDir, bundles).map((argv) => bundle(system.name, argv)))
    copyFileSync(join(projectDir, 'systems/Dockerfile'), join(context, 'Dockerfile'))
    // Files for the parts: the image gives the folder to their user.
    mkdirSync(join(context, 'data'))
    writeFileSync(join(context, 'data/.keep'), '')
    const image = `holdfast/${system.name}:${hashOf(context, base)}`
    if (await isThere(engine.docker, image)) return image
    onStep?.(`building ${image}`)
    await build(engine, context, image, base, system.name)
    await removeEarlier(engine, system.name, image)
    return image
  } finally {
    rmSync(context, { recursive: true, force: true })
  }
}

const bundle = async (name: string, argv: string[]): Promise<void> => {
  const { exitCode, text } = await runCommand({ argv, timeoutMs: bundleTimeoutMs })
  if (exitCode !== 0) throw new HoldfastError(`a part of ${name} could not be bundled: ${text}`)
}

const hashOf = (context: string, base: string): string => {
  const hash = createHash('sha256').update(base)
  const files = [
    'Dockerfile',
    ...readdirSync(join(context, 'bundles'))
      .sort()
      .map((file) => `bundles/${file}`),
  ]
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(context, file)))
  return hash.digest('hex').slice(0, 12)
}

/** Not through testcontainers, which does not tell why a build has failed. */
const build = async ({ docker }: Engine, context: string, image: string, base: string, name: string) => {
  const src = ['Dockerfile', 'data/.keep', ...readdirSync(join(context, 'bundles')).map((file) => `bundles/${file}`)]
  const stream = await docker.buildImage(
    { context, src },
    { t: image, buildargs: { BASE: base }, labels: { [partsLabel]: name }, rm: true, forcerm: true },
  )
  const said = await new Promise<{ error?: string }[]>((resolve, reject) =>
    docker.modem.followProgress(stream, (error, output) => (error ? reject(error) : resolve(output))),
  )
  const failed = said.find(({ error }) => error !== undefined)
  if (failed) throw new HoldfastError(`the image ${image} could not be built: ${failed.error}`)
}

/** Another checkout may be about to start one that is younger. */
const keptForS = 24 * 3600

/** One that a container uses stays, and so does one that a user has given a name. */
const removeEarlier = async ({ docker }: Engine, name: string, image: string): Promise<void> => {
  const built = await docker.listImages({ filters: { label: [`${partsLabel}=${name}`] } })
  const old = built.filter(({ Created }) => Created < Date.now() / 1000 - keptForS)
  const names = old.flatMap(({ RepoTags }) => RepoTags ?? [])
  const earlier = names.filter((each) => each !== image && /^holdfast\/[^:]+:[0-9a-f]{12}$/.test(each))
  await Promise.allSettled(earlier.map((each) => docker.getImage(each).remove()))
}
