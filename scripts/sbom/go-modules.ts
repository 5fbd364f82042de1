/** A library of a bill of materials, as CycloneDX 1.5 names its fields. */
export interface Component {
  'bom-ref': string
  type: 'library'
  name: string
  version: string
  purl: string
  properties: { name: string; value: string }[]
}

/**
 * The modules that a `go.mod` pins (its pruned list holds everything that is built), each with the hash of `go.sum`.
 * @param folder of the two files, relative to the project: which of our programs needs it
 */
export const goComponents = (folder: string, goMod: string, goSum: string): Component[] => {
  const sums = new Map(
    [...goSum.matchAll(/^(\S+) (v\S+) (h1:\S+)$/gm)].map(([, name, version, sum]) => [`${name}@${version}`, sum]),
  )
  return [...goMod.matchAll(/^(?:require\s+|\t)(\S+\.\S+) (v\S+)/gm)].map(([, name = '', version = '']) => {
    const purl = `pkg:golang/${name.toLowerCase()}@${encodeURIComponent(version)}`
    const sum = sums.get(`${name}@${version}`)
    const properties = [
      { name: 'holdfast:go.mod', value: `${folder}/go.mod` },
      ...(sum === undefined ? [] : [{ name: 'holdfast:go.sum', value: sum }]),
    ]
    return { 'bom-ref': `${folder}:${name}@${version}`, type: 'library' as const, name, version, purl, properties }
  })
}
