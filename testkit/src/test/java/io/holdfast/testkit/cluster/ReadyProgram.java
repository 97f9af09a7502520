package io.holdfast.testkit.cluster;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A program that is ready after its second question; or that fails at once. */
final class ReadyProgram {
    private ReadyProgram() {}

    public static void main(String[] arguments) throws IOException {
        System.out.println("started with " + String.join(" ", arguments) + " " + System.getProperty("colour") + " "
                + System.getenv("SHAPE"));
        if (arguments[0].equals("fail")) {
            System.err.println("the port is taken");
            System.exit(3);
        }
        HttpServer server = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])), 0);
        int[] asked = {0};
        server.createContext("/health/ready", exchange -> {
            exchange.sendResponseHeaders(++asked[0] > 1 ? 200 : 503, -1);
            exchange.close();
        });
        server.start();
    }
}
