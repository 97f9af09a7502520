package io.holdfast.benchmarks.shards;

import java.util.ArrayList;
import java.util.List;

/** Whether a figure stays where it is: the straight line that lies nearest to its values (least squares). For use by one thread. */
final class Trend {
    private final List<double[]> points = new ArrayList<>();

    void add(double time, double value) {
        points.add(new double[] {time, value});
    }

    int size() {
        return points.size();
    }

    double mean() {
        return points.stream().mapToDouble(point -> point[1]).average().orElse(0);
    }

    /** How much the line rises from the first time to the last; 0 for fewer than two points. */
    double rise() {
        double times = points.stream().mapToDouble(point -> point[0]).average().orElse(0);
        double values = mean();
        double above = 0;
        double below = 0;
        for (double[] point : points) {
            above += (point[0] - times) * (point[1] - values);
            below += (point[0] - times) * (point[0] - times);
        }
        return below == 0 ? 0 : above / below * (points.get(points.size() - 1)[0] - points.get(0)[0]);
    }
}
