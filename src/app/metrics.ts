/** The meter on Prometheus' client, with the process's own figures: CPU, memory, file descriptors, event-loop delay. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Labels, Meter } from '#base';

/** One value of a metric with its labels. */
export interface MetricRow {
  readonly value: number;
  readonly labels?: Labels;
}

export interface Metrics extends Meter {
  /** A counter, or a gauge, whose rows are read when they are asked for: for what others count already. */
  rows(kind: 'counter' | 'gauge', name: string, help: string, labels: readonly string[], read: () => Iterable<MetricRow>): void;
  /** All metrics as the text format of Prometheus has them. */
  text(): Promise<string>;
  readonly contentType: string;
}

const labelNames = (labels: readonly string[] | undefined): string[] => [...(labels ?? [])];
const labelValues = (labels: Labels | undefined): Record<string, string> => labels ?? {};

/** Opens a register of its own: two programs in one process do not meet. A counter, gauge or histogram that two ask for is one; anything else given twice throws. */
export function openMetrics(): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register, prefix: 'angarium_' });
  /** Several listeners of one kind count in the same metric. */
  const known = <T>(name: string, kind: abstract new (...args: never[]) => T): T | undefined => {
    const metric: unknown = register.getSingleMetric(name);
    return metric instanceof kind ? metric : undefined;
  };
  return {
    counter(name, help, labels) {
      const counter =
        known(name, Counter<string>) ?? new Counter({ name, help, labelNames: labelNames(labels), registers: [register] });
      return { add: (by = 1, values) => (values ? counter.inc(labelValues(values), by) : counter.inc(by)) };
    },
    gauge(name, help, labels) {
      const gauge =
        known(name, Gauge<string>) ?? new Gauge({ name, help, labelNames: labelNames(labels), registers: [register] });
      return { set: (value, values) => (values ? gauge.set(labelValues(values), value) : gauge.set(value)) };
    },
    watch(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [register],
        collect() {
          this.set(read());
        },
      });
    },
    rows(kind, name, help, labels, read) {
      if (kind === 'counter') {
        new Counter({
          name,
          help,
          labelNames: labelNames(labels),
          registers: [register],
          collect() {
            this.reset();
            for (const { value, labels: values } of read()) this.inc(labelValues(values), value);
          },
        });
        return;
      }
      new Gauge({
        name,
        help,
        labelNames: labelNames(labels),
        registers: [register],
        collect() {
          this.reset();
          for (const { value, labels: values } of read()) this.set(labelValues(values), value);
        },
      });
    },
    histogram(name, help, buckets, labels) {
      const histogram =
        known(name, Histogram<string>) ??
        new Histogram({
          name,
          help,
          buckets: [...buckets],
          labelNames: labelNames(labels),
          registers: [register],
        });
      return { observe: (value, values) => (values ? histogram.observe(labelValues(values), value) : histogram.observe(value)) };
    },
    text: () => register.metrics(),
    contentType: register.contentType,
  };
}
