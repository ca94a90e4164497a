const source = 'packages/metrics/src';
const foundBy = `${source}/metrics.test.ts`;

/**
 * Wrong figures for an operator, and telemetry that affects the chain.
 *
 * @type {readonly import('../mutation.mjs').Mutation[]}
 */
export const metrics = [
  {
    name: 'metrics-closed-producers-hold-records-for-ever',
    foundBy,
    file: `${source}/observing/observer.ts`,
    find: 'isEmpty ? 0 : value',
    replace: 'value',
  },
  {
    name: 'metrics-closed-producers-are-asked-for-ever',
    foundBy,
    file: `${source}/observing/observer.ts`,
    find: 'sdkErrors.contain(() => this.remove())',
    replace: 'undefined',
  },
  {
    name: 'metrics-two-producers-share-their-series',
    foundBy,
    file: `${source}/instruments/client-id.ts`,
    find: 'if (!taken.has(requested)) return requested;',
    replace: 'return requested;',
  },
  {
    name: 'metrics-series-without-end',
    foundBy,
    file: `${source}/instruments/destinations.ts`,
    find: 'if (this.size >= this.max) return this.rest;',
    replace: '',
  },
  {
    name: 'metrics-codes-without-end',
    foundBy,
    file: `${source}/instruments/series.ts`,
    find: 'this.byCode.size >= maxCodes',
    replace: 'this.byCode.size < 0',
  },
  {
    name: 'metrics-counts-what-never-left',
    foundBy: `${source}/outage.test.ts`,
    file: `${source}/recording/was-sent.ts`,
    find: "if (outcome.status !== 'failed') return true;",
    replace: 'return true;',
  },
  {
    name: 'metrics-throws-into-the-chain',
    foundBy: `${source}/failing-sdk.test.ts`,
    file: `${source}/stage.ts`,
    find: '      this.recorder?.deliveries.record(settled, this.env.clock.now());\n    } catch (error) {\n      this.telemetry.sdkErrors.report(error);\n    }',
    replace:
      '      this.recorder?.deliveries.record(settled, this.env.clock.now());\n    } catch (error) {\n      throw error;\n    }',
  },
  {
    name: 'metrics-says-each-error-of-the-sdk',
    foundBy: `${source}/failing-sdk.test.ts`,
    file: `${source}/sdk-errors.ts`,
    find: 'if (this.isReported) return;',
    replace: '',
  },
  {
    name: 'metrics-listens-without-an-sdk',
    foundBy,
    file: `${source}/metrics.ts`,
    find: 'new Instruments(meter).areNoop ? undefined : meter',
    replace: 'meter',
  },
  {
    name: 'metrics-believes-any-stage',
    foundBy,
    file: `${source}/stats/fields.ts`,
    find: "typeof value === 'number' && Number.isFinite(value) ? value : undefined",
    replace: 'Number(value)',
  },
  {
    name: 'metrics-youngest-record-for-the-oldest',
    foundBy,
    file: `${source}/recording/deliveries.ts`,
    find: 'if (createdAt < group.since) group.since = createdAt;',
    replace: 'group.since = createdAt;',
  },
];
