import type { Terminal } from '../../cli/terminal.ts';

/** A terminal that notes what it is told, and answers what the test says. */
export class RecordingTerminal implements Terminal {
  readonly printed: string[] = [];
  readonly notes: string[] = [];
  readonly questions: string[] = [];
  /** What a person answers; may do something before. */
  answer: () => boolean | Promise<boolean> = () => {
    throw new Error('nobody was to be asked');
  };

  print(line: string): Promise<void> {
    this.printed.push(line);
    return Promise.resolve();
  }

  note(line: string): void {
    this.notes.push(line);
  }

  async confirm(question: string): Promise<boolean> {
    this.questions.push(question);
    return this.answer();
  }

  /** All that was printed. */
  get text(): string {
    return this.printed.join('\n');
  }
}
