import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { HoldfastError } from '../../model/errors.ts'
import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import { didYouMean } from '../../model/parse.ts'
import { systems } from '../../systems/index.ts'
import { type Extension, type ExtensionKind, extensions } from '../extensions.ts'
import { projectDir } from '../project.ts'

const last = (parts: string[]): string => parts.at(-1) ?? ''

/** `holdfast new <kind> <name>`: writes a file that works, from a template, and says what comes next. */
export const newCommand = async (kind: ExtensionKind, name: string): Promise<ExitCode> => {
  const extension: Extension = extensions[kind]
  const parts = name.split('/')
  const [first = ''] = parts
  if (parts.length !== extension.parts || !parts.every((part) => /^[a-z][a-zA-Z0-9-]*$/.test(part))) {
    throw new HoldfastError(`"${name}" is no name for a ${kind}`, {
      hint: `For instance: holdfast new ${kind} ${extension.example}`,
    })
  }
  if ((kind === 'fault' || kind === 'system') && name.includes('-')) {
    throw new HoldfastError(`"${name}" becomes a name in code, so it can't hold "-"`, {
      hint: `For instance: holdfast new ${kind} ${extension.example}`,
    })
  }
  if (extension.parts === 2) checkSystem(name, first)
  const file = join(projectDir, extension.file(parts))
  if (existsSync(file)) {
    throw new HoldfastError(`${relative(process.cwd(), file)} is there already`, {
      hint: 'Choose another name, or edit that file.',
    })
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, fill(readFileSync(join(projectDir, 'scripts/templates', `${kind}.ts.txt`), 'utf8'), parts))
  process.stdout.write(`${relative(process.cwd(), file)}\n`)
  for (const step of extension.next(parts)) process.stdout.write(`  then: ${step}\n`)
  return exitCodes.pass
}

/** Scenarios and game days belong to a system; in the folder of another name nothing would find them. */
const checkSystem = (name: string, system: string): void => {
  if (Object.hasOwn(systems, system)) return
  const isWritten = existsSync(join(projectDir, extensions.system.file([system])))
  throw new HoldfastError(`${name}: there is no system "${system}"`, {
    hint: isWritten ? `Add ${system} to systems/index.ts first.` : didYouMean(system, Object.keys(systems)),
  })
}

const fill = (template: string, parts: string[]): string => {
  const name = last(parts)
  return template
    .replaceAll('__Name__', name.charAt(0).toUpperCase() + name.slice(1))
    .replaceAll('__name__', name)
    .replaceAll('__NAME__', parts.join('/'))
    .replaceAll('__SYSTEM__', parts[0] ?? '')
}
