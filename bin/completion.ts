/** The completion script that yargs makes; yargs chooses the shell by $SHELL. */
export async function shellCompletion(shell: "bash" | "zsh" | "fish"): Promise<string> {
  process.env["SHELL"] = shell;
  delete process.env["ZSH_NAME"];
  const { default: yargs } = await import("yargs");
  let script = "";
  await yargs([])
    .scriptName("cabincrew")
    .exitProcess(false)
    .completion("script", false)
    .parseAsync(["script"], {}, (_error, _args, output) => {
      script = output;
    });
  // Its comments name the command that yargs was asked with.
  return script.replaceAll("cabincrew script", `cabincrew completion ${shell}`);
}
