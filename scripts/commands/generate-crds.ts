import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import { pinnedVersion, readCrds } from '../crds/source.ts'
import { type Crd, typesOf } from '../crds/types.ts'
import { projectDir } from '../project.ts'

const generatedFile = join(projectDir, 'chaos/crds/chaos-mesh.ts')

export interface GenerateCrdsOptions {
  from?: string
  context?: string
  kubeconfig?: string
}

/** `holdfast generate-crds`: writes the types of Chaos Mesh's kinds, from the version that the user's cluster runs. */
export const generateCrdsCommand = async (options: GenerateCrdsOptions): Promise<ExitCode> => {
  const { from = pinnedVersion(), ...choice } = options
  const text = await typesOf(await readCrds(from, choice), from)
  writeFileSync(generatedFile, text)
  const kinds = text.match(/^ {2}\w+: \{ plural: /gm)?.length ?? 0
  process.stdout.write(`${generatedFile}: ${kinds} kinds, ${Math.round(text.length / 1000)} kB, from ${from}\n`)
  return exitCodes.pass
}

/** What is wrong with the generated file, or null when it is what these definitions give. */
export const generatedProblem = async (crds: Crd[]): Promise<string | null> =>
  (await typesOf(crds, 'the pinned version')) === readFileSync(generatedFile, 'utf8')
    ? null
    : 'chaos/crds/chaos-mesh.ts is not what the pinned version gives: run `holdfast generate-crds`'
