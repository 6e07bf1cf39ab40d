import { EXIT } from "../../schema/index.ts";
import { shellCompletion } from "../completion.ts";
import { verb } from "../verb.ts";

export const completion = verb({
  usage: "completion <shell>",
  summary: "Print the script that completes verbs and flags in a shell",
  examples: [
    ["cabincrew completion bash >> ~/.bashrc", "Completion in bash"],
    ["cabincrew completion zsh >> ~/.zshrc", "Completion in zsh"],
    ["cabincrew completion fish > ~/.config/fish/completions/cabincrew.fish", "Completion in fish"],
  ],
  positionals: { shell: { choices: ["bash", "zsh", "fish"], demandOption: true, describe: "The shell" } },
  async run(args, screen) {
    const script = await shellCompletion(args.shell);
    if (screen.json) screen.document({ shell: args.shell, script });
    else screen.formatted(script);
    return EXIT.ok;
  },
});
