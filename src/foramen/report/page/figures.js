// Interactive figures; bundled with the chart library, which is vegaEmbed here. The picture stays until the chart stands,
// and on paper. Its words stand for the chart too.
const options = { ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: { disableDefaultStyle: true } };
for (const plot of document.querySelectorAll(".plot")) {
  const chart = document.createElement("div");
  chart.className = "plot__live";
  chart.setAttribute("role", "img");
  chart.setAttribute("aria-label", plot.querySelector("img").alt);
  plot.append(chart);
  const spec = JSON.parse(document.getElementById(plot.dataset.spec).textContent);
  const inside = chart.appendChild(document.createElement("div"));
  inside.setAttribute("aria-hidden", "true");
  await vegaEmbed(inside, spec, options);
  plot.classList.add("plot--live");
}
