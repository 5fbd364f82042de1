import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectDir } from '../binaries.ts'
import { runCommand } from '../command.ts'
import { runHoldfast } from './holdfast.ts'

/** An image, and its archive as `docker save` writes it. */
export interface SavedImage {
  reference: string
  archive: string
}

/**
 * The images of a system in a cluster: PostgreSQL and NATS as test/images makes them, and the system's own parts as
 * `holdfast image` builds them. No registry is asked.
 * @param folder takes the archives
 */
export const saveImages = async (
  system: string,
  folder: string,
): Promise<Record<'postgres' | 'nats' | 'parts', SavedImage>> => {
  const said = await runCommand([join(projectDir, 'test/images/build.sh'), '--save', folder])
  const named = Object.fromEntries(
    Array.from(said.matchAll(/^export (HOLDFAST_IMAGE_\w+)=(\S+)$/gm), ([, name = '', image = '']) => [name, image]),
  )
  const saved = (name: 'POSTGRES' | 'NATS'): SavedImage => {
    const reference = named[`HOLDFAST_IMAGE_${name}`] ?? ''
    const archive = join(folder, `${reference.replaceAll(/[:/]/g, '_')}.tar`)
    if (reference === '' || !existsSync(archive)) throw new Error(`test/images/build.sh saved no ${name}:\n${said}`)
    return { reference, archive }
  }
  const { code, output } = await runHoldfast(['image', system], named)
  const reference = output.trim().split('\n').at(-1) ?? ''
  if (code !== 0 || reference === '') throw new Error(`holdfast image ${system} ended with ${code}: ${output}`)
  const archive = join(folder, 'parts.tar')
  await runCommand(['docker', 'save', '--output', archive, reference])
  return { postgres: saved('POSTGRES'), nats: saved('NATS'), parts: { reference, archive } }
}
