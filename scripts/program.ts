import { Argument, Command, Option } from 'commander'
import { HoldfastError } from '../model/errors.ts'
import type { ExitCode } from '../model/exit-codes.ts'
import { profileNames } from '../model/gameday.ts'
import { didYouMean } from '../model/parse.ts'
import { environments } from '../model/system.ts'
import packageJson from '../package.json' with { type: 'json' }
import { extensions } from './extensions.ts'
import { printError } from './terminal.ts'

const exitCodeHelp = `
Exit codes:
  0    pass (in the profiles smoke and short also: no breach seen)
  1    an objective failed
  2    bad usage or configuration
  3    inconclusive, or invalid: this run cannot tell
  4    stopped by a guard
  5    a fault could not be removed
  130  interrupted

Example:
  holdfast plan batchsender/demo        what would happen, and what it could prove
  holdfast run batchsender/demo         run it; the last line is the path of report.html
  holdfast judge <run> --slo other.yaml judge a record again, offline`

const collect = (value: string, before: string[]): string[] => [...before, value]

/**
 * The command line: every command with its arguments and options. Parsing it runs the command.
 * @param onExitCode gets the exit code of the command that ran
 */
export const makeProgram = (onExitCode: (code: ExitCode) => void): Command => {
  const program = new Command('holdfast')
    .description('Load it, break it, and prove that it holds.')
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help; `holdfast help <command>` for one command')
    .addHelpText('after', exitCodeHelp)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      outputError: (text) => printError(text.replace(/^error: /, '').trim(), 'See `holdfast --help`.'),
    })

  // A command is loaded when it runs: what ends a run, or prints help, must not wait for what plans one.
  const action =
    <A extends unknown[]>(load: () => Promise<(...args: A) => Promise<ExitCode>>) =>
    async (...args: A): Promise<void> => {
      const command = await load()
      onExitCode(await command(...args))
    }

  /** Where a cluster is: nothing is ever taken from a current context. */
  const withCluster = (command: Command): Command =>
    command
      .option('--context <name>', 'context of the kubeconfig (with --env kubernetes)')
      .option('--namespace <name>', 'namespace that the system runs in (with --env kubernetes)')
      .option('--kubeconfig <file>', 'kubeconfig instead of KUBECONFIG and ~/.kube/config')
      .option('--in-cluster', "use this pod's service account instead of a kubeconfig")
      .option('--allow-production', 'allow a context, namespace, server or base URL whose name looks like production')

  const gameDayCommand = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .argument('<game day>', 'for instance batchsender/demo, or the path of a game day file')
      .addOption(new Option('-e, --env <environment>', 'where the system runs').choices(environments).default('local'))
      .addOption(
        new Option('-p, --profile <profile>', "how much load; the game day's own unless given").choices(profileNames),
      )
      .option('--base-url <url>', 'address of a deployment that is already there (with --env external or kubernetes)')
      .option('--slo <file>', "SLO document instead of the system's own")
      .option(
        '--require-proof',
        'an objective must be proven, and one that cannot be judged is refused (default of profile full)',
      )
      .option('--stop-when-decided', 'end the run when what is still to come cannot change its verdict')
      .option('--allow-full', 'allow the documented load of profile full against a deployment that is not ours')
      .option('--weakness <name>', 'switch on a weakness of the stand-in (repeatable), to test the judge', collect, [])
      .option('--precision <ratio>', 'how near a capacity search comes, 0.1 is 10 %', Number)
      .option('--prometheus <url>', "Prometheus server that answers the objectives' queries")
      .option('--ca-file <file>', 'PEM file with further certificate authorities, for HTTPS connections')
      .option('--baseline <run>', 'run to compare with (repeatable); previous: the newest that passed', collect, [])
      .option('--json', 'print JSON for scripts')

  withCluster(gameDayCommand('run', 'Run a game day: load and faults on one clock, verdict, reports'))
    .option('-o, --out <folder>', 'where records go', 'out')
    .action(action(async () => (await import('./commands/run.ts')).runCommand))
  withCluster(gameDayCommand('plan', 'Show what a run would do, and what it can prove')).action(
    action(async () => (await import('./commands/plan.ts')).planCommand),
  )
  program
    .command('judge')
    .description('Judge a record again, offline, and write its reports')
    .argument('<run>', 'run id, `latest`, or the folder of a record')
    .option('--slo <file>', 'SLO document to judge by')
    .option('--prometheus <url>', "Prometheus server that answers the objectives' queries")
    .option('--ca-file <file>', 'PEM file with further certificate authorities, for HTTPS connections')
    .option('--baseline <run>', 'run to compare with (repeatable); previous: the newest that passed', collect, [])
    .option('-o, --out <folder>', 'where records are', 'out')
    .option('--json', 'print the verdict as JSON')
    .action(action(async () => (await import('./commands/judge.ts')).judgeCommand))
  program
    .command('compare')
    .description('Compare the latencies of a run with those of other runs; changes nothing')
    .argument('<run>', 'run id, `latest`, or the folder of a record')
    .argument('<baseline...>', 'runs to compare with: ids, folders, or `previous` for the newest that passed')
    .option('-o, --out <folder>', 'where records are', 'out')
    .option('--json', 'print JSON for scripts')
    .action(action(async () => (await import('./commands/compare.ts')).compareCommand))
  program
    .command('report')
    .description('Write the reports of a judged record again')
    .argument('<run>', 'run id, `latest`, or the folder of a record')
    .option('-o, --out <folder>', 'where records are', 'out')
    .action(action(async () => (await import('./commands/report.ts')).reportCommand))
  program
    .command('list')
    .description('List runs with their verdict, or game days, scenarios, faults, systems')
    .addArgument(
      new Argument('[what]', 'what to list')
        .choices(['runs', 'gamedays', 'scenarios', 'faults', 'systems'])
        .default('runs'),
    )
    .option('-o, --out <folder>', 'where records are', 'out')
    .option('--json', 'print JSON for scripts')
    .action(action(async () => (await import('./commands/list.ts')).listCommand))
  program
    .command('stop')
    .description('End a run that is going on, from another terminal: faults are removed first')
    .argument('[run]', 'run id, `latest`, or the folder of its record; the one that is going on unless given')
    .action(action(async () => (await import('./commands/stop.ts')).stopCommand))
  withCluster(
    program
      .command('cleanup')
      .description('Undo whatever runs left behind, from their ledgers')
      .argument('[run]', 'run id, `latest`, or the folder of a record')
      .option('--all', 'all runs that have not ended')
      .addOption(
        new Option('-e, --env <environment>', 'look in a cluster, by label, instead of in records').choices([
          'kubernetes',
        ]),
      )
      .option('-o, --out <folder>', 'where records are', 'out')
      .option('--json', 'print JSON for scripts'),
  ).action(action(async () => (await import('./commands/cleanup.ts')).cleanupCommand))
  program
    .command('manifests')
    .description('Print Kubernetes manifests: the rights that Holdfast needs, and a scheduled game day')
    .addArgument(
      new Argument('<what>', 'rbac: ServiceAccount, Role, RoleBinding; cronjob: these, the CronJob, a volume').choices([
        'rbac',
        'cronjob',
      ]),
    )
    .argument('[game day]', 'rbac: only what this one needs, everything unless given; cronjob: the one to run')
    .option('--namespace <name>', 'namespace that the system runs in')
    .option('--schedule <cron>', "cronjob: when it runs, for instance '0 10 * * 2'")
    .option('--time-zone <name>', "cronjob: time zone of the schedule, for instance Europe/Berlin; the cluster's own")
    .option('--image <name>', 'cronjob: image of Holdfast, built from the Dockerfile of the repository')
    .option(
      '--base-url <url>',
      "address of the system, so that no right to a port-forward is needed; cronjob: its Service's",
    )
    .option(
      '--secret <name>',
      'cronjob: Secret whose keys become environment variables; named as the system unless given',
    )
    .action(action(async () => (await import('./commands/manifests.ts')).manifestsCommand))
  program
    .command('image')
    .description("Build the image of a system's stand-in with Docker, for a cluster; prints its name")
    .argument('<system>', 'for instance batchsender')
    .action(action(async () => (await import('./commands/image.ts')).imageCommand))
  program
    .command('export')
    .description('Print the faults of a game day for another tool: a Workflow or a Schedule of Chaos Mesh')
    .addArgument(new Argument('<format>', 'whose').choices(['chaos-mesh']))
    .argument('<game day>', 'the one whose faults to print')
    .addOption(
      new Option('--as <resource>', 'run once, or again and again')
        .choices(['workflow', 'schedule'])
        .default('workflow'),
    )
    .option('--namespace <name>', 'namespace that the system runs in')
    .option('--schedule <cron>', "with --as schedule: when it runs, for instance '0 10 * * 2'")
    .action(action(async () => (await import('./commands/export.ts')).exportCommand))
  program
    .command('new')
    .description('Write a new scenario, fault, game day or system from a template')
    .addArgument(new Argument('<kind>', 'what to make').choices(Object.keys(extensions)))
    .argument('<name>', 'for instance batchsender/checkout')
    .action(action(async () => (await import('./commands/new.ts')).newCommand))
  program
    .command('generate-crds')
    .description("Write the types of Chaos Mesh's resources (chaos/crds) again, from the version that you use")
    .option(
      '--from <source>',
      "folder of CRDs, commit or version of Chaos Mesh's Go module, or cluster; the pinned version unless given",
    )
    .option('--context <name>', 'context of the kubeconfig (with --from cluster)')
    .option('--kubeconfig <file>', 'kubeconfig instead of KUBECONFIG and ~/.kube/config')
    .action(action(async () => (await import('./commands/generate-crds.ts')).generateCrdsCommand))
  program
    .command('doctor')
    .description('Check tools, versions, ports and permissions, and how to fix each')
    .option('--json', 'print JSON for scripts')
    .action(action(async () => (await import('./commands/doctor.ts')).doctor))
  program
    .helpCommand(false) // Commander's own shows everything and no error for a command that is not there.
    .command('help')
    .description('Show help, or that of one command')
    .argument('[command]', 'for instance run')
    .action((name?: string) => helpOf(program, name).help())

  return program
}

const helpOf = (program: Command, name?: string): Command => {
  if (name === undefined) return program
  const found = program.commands.find((command) => command.name() === name)
  if (found) return found
  const names = program.commands.map((command) => command.name())
  throw new HoldfastError(`there is no command "${name}"`, { hint: didYouMean(name, names) })
}
