package io.holdfast.examples.streaming.trouble;

import io.holdfast.core.config.Configuration;
import io.holdfast.core.env.Environment;
import io.holdfast.examples.streaming.playback.Playback;
import io.holdfast.examples.streaming.recommendation.Recommendation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * A YAML file that says what is wrong with which service: {@code recommendation: {latency: 3s}}. Nothing is while it is missing. {@link #run} looks at it and is for one thread; the services may be
 * called by many.
 */
public final class TroubleFile implements Runnable {
    private final Path file;
    private final Environment env;
    private final ServiceTrouble playback;
    private final ServiceTrouble recommendation;
    private String last = "";

    /**
     * The services that can get into trouble.
     *
     * @param playback keeps positions
     * @param recommendation picks titles
     */
    record Services(Trouble playback, Trouble recommendation) {}

    /**
     * Begins without trouble; the first look comes with {@link #run}.
     *
     * @param file what says so
     * @param env clock, timer and chance
     */
    public TroubleFile(Path file, Environment env) {
        this.file = file;
        this.env = env;
        this.playback = new ServiceTrouble(env.clock(), env.random().split("playback-trouble"));
        this.recommendation = new ServiceTrouble(env.clock(), env.random().split("recommendation-trouble"));
    }

    /**
     * Looks at the file again.
     *
     * @throws io.holdfast.core.config.ConfigurationException with every mistake in it; what was wrong before still is
     */
    @Override
    public void run() {
        String text = read();
        if (text.equals(last)) {
            return;
        }
        last = text;
        Services services = parse(file, text);
        playback.set(services.playback());
        recommendation.set(services.recommendation());
    }

    static Services parse(Path file, String text) {
        var builder = Configuration.builder();
        if (!text.isBlank()) {
            builder.text(file.toString(), List.of("trouble"), text);
        }
        return builder.build().bind("trouble", Services.class);
    }

    private String read() {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException none) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException("the file " + file + " (streaming.trouble) cannot be read", e);
        }
    }

    /**
     * A service as the file says.
     *
     * @param well the service without trouble
     * @return what to host in its place
     */
    public Playback around(Playback well) {
        return new TroubledPlayback(well, playback, env.scheduler());
    }

    /**
     * A service as the file says.
     *
     * @param well the service without trouble
     * @return what to host in its place
     */
    public Recommendation around(Recommendation well) {
        return new TroubledRecommendation(well, recommendation);
    }
}
