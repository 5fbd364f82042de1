import { join } from 'node:path'
import { imageVariable } from '../../../build/images.ts'
import { runCommand } from '../command.ts'
import { runHoldfast } from './holdfast.ts'

/** An image, and its archive as `docker save` writes it. */
export interface SavedImage {
  reference: string
  archive: string
}

/**
 * The images of a system in a cluster: its own parts as `holdfast image` builds them, PostgreSQL and NATS as the
 * environment names them (`test/containers/setup.ts` sees to that). No registry is asked.
 * @param folder takes the archives
 */
export const saveImages = async (
  system: string,
  folder: string,
): Promise<Record<'postgres' | 'nats' | 'parts', SavedImage>> => {
  const save = async (name: string, reference: string): Promise<SavedImage> => {
    const archive = join(folder, `${name}.tar`)
    await runCommand(['docker', 'save', '--output', archive, reference])
    return { reference, archive }
  }
  return {
    postgres: await save('postgres', named('postgres')),
    nats: await save('nats', named('nats')),
    parts: await save('parts', await buildParts(system)),
  }
}

const named = (name: 'postgres' | 'nats'): string => {
  const image = process.env[imageVariable(name)]
  if (image === undefined) throw new Error(`${imageVariable(name)} is not set`)
  return image
}

const buildParts = async (system: string): Promise<string> => {
  const { code, output } = await runHoldfast(['image', system], {})
  if (code !== 0) throw new Error(`holdfast image ${system} ended with ${code}: ${output}`)
  return output.trim().split('\n').at(-1) ?? ''
}
