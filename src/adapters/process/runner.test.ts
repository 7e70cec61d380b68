import { runnerConformance } from '../../ports/testing/runner-conformance.ts';
import { aProcessRunner } from './testing/fixture.ts';

runnerConformance('the process runner', async () => aProcessRunner());
