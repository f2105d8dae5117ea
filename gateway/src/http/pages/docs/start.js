"use strict";

// Every call that answers with an access token signs this page in, so that all calls after it can
// be tried: `POST /token/`, the browser login and both of its second steps, and a refresh.
const signIn = (answer) => {
  const body = answer.obj;
  const access = body?.access ?? body?.data?.access;
  if (answer.ok && typeof access === "string") {
    window.ui.preauthorizeApiKey("bearer", access);
    const note = document.getElementById("signed-in");
    note.textContent = "Signed in: every call you try now carries your access token (10 minutes).";
    note.hidden = false;
  }
  return answer;
};

window.addEventListener("load", () => {
  window.ui = SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    displayOperationId: true,
    displayRequestDuration: true,
    docExpansion: "none",
    filter: true,
    persistAuthorization: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    responseInterceptor: signIn,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
  });
});
